/** Draws how far a check is, in a few lines that replace themselves. Loaded only once a check takes a while. */
import { Box, render, Text } from "ink";
import type { ReactElement } from "react";
import type { Door } from "./door.ts";
import type { ProgressFrame } from "./progress-state.ts";

export interface ProgressDrawing {
  draw(frame: ProgressFrame): void;
  /** Takes the lines away, for something else to be printed; the next frame brings them back. */
  clear(): void;
  /** Takes the lines away for good and gives the cursor back. */
  stop(): Promise<void>;
}

/** At most so many redraws a second. */
const framesPerSecond = 10;

export function drawProgress(stream: Door["stderr"], first: ProgressFrame, color: boolean): ProgressDrawing {
  const instance = render(<Progress frame={first} color={color} />, {
    // Where ink draws is called "stdout" there. The real one is for the report alone.
    stdout: stream as NodeJS.WriteStream,
    stderr: stream as NodeJS.WriteStream,
    interactive: true,
    patchConsole: false,
    // Signals are the program's own business (bin/codeflow.js), and no key is read.
    exitOnCtrlC: false,
    maxFps: framesPerSecond,
  });
  return {
    draw: (frame) => instance.rerender(<Progress frame={frame} color={color} />),
    clear: () => instance.clear(),
    async stop() {
      // A frame that waits for its turn would be drawn after the lines are gone.
      await instance.waitUntilRenderFlush();
      instance.clear();
      instance.unmount();
      await instance.waitUntilExit();
    },
  };
}

function Progress({ frame, color }: { readonly frame: ProgressFrame; readonly color: boolean }): ReactElement {
  const { phase, bar, amount, facts, working } = frame;
  const dim = { dimColor: color, wrap: "truncate" } as const;
  return (
    <Box flexDirection="column" paddingLeft={2}>
      <Text wrap="truncate">
        <Text bold={color}>{phase}</Text>
        {bar === undefined ? "" : "  "}
        <Text {...(color ? { color: "cyan" } : {})}>{bar?.done}</Text>
        <Text dimColor={color}>{bar?.left}</Text>
        {amount === "" ? "" : `  ${amount}`}
      </Text>
      <Text {...dim}>{facts}</Text>
      {working === "" ? undefined : <Text {...dim}>{working}</Text>}
    </Box>
  );
}
