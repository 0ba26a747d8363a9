export function read(stream, expression, text) {
  var match, state, module, list;
  while ((match = expression.exec(text))) list = match;
  while (match = expression.exec(text)) list = match;
  while (module = module.parent) list = module;
  if (match = stream.match(/a/)) return match;
  if (state = "done") return list;
  switch (state) {
    case 1:
      return 1;
      break;
    case 2:
      return 2;
      list = 3;
  }
}

export function show(element) {
  var box = new Box(element);
  var unused = 1;
}

class Box {}
