const n = ["é"].map(parseInt);
