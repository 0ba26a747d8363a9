/** Draws a run's tree in lines that replace themselves. Loaded only on a terminal. */
import { Box, render, Text } from "ink";
import type { ReactElement } from "react";
import type { Door } from "./door.ts";
import type { RunLine, Tone } from "./run-state.ts";

export interface RunDrawing {
  draw(lines: readonly RunLine[]): void;
  clear(): void;
  /** Takes the lines away for good and gives the cursor back. */
  stop(): Promise<void>;
}

const framesPerSecond = 10;
const colors: Readonly<Partial<Record<Tone, string>>> = { good: "green", bad: "red", busy: "cyan" };

export function drawRun(stream: Door["stderr"], first: readonly RunLine[], color: boolean): RunDrawing {
  const instance = render(<Tree lines={first} color={color} />, {
    // Where ink draws is called "stdout" there. The real one is for the result alone.
    stdout: stream as NodeJS.WriteStream,
    stderr: stream as NodeJS.WriteStream,
    interactive: true,
    patchConsole: false,
    exitOnCtrlC: false,
    maxFps: framesPerSecond,
  });
  return {
    draw: (lines) => instance.rerender(<Tree lines={lines} color={color} />),
    clear: () => instance.clear(),
    async stop() {
      await instance.waitUntilRenderFlush();
      instance.clear();
      instance.unmount();
      await instance.waitUntilExit();
    },
  };
}

function Tree({ lines, color }: { readonly lines: readonly RunLine[]; readonly color: boolean }): ReactElement {
  return (
    <Box flexDirection="column">
      {lines.map(({ mark, tone, text, detail, indent }, index) => {
        const shade = color ? colors[tone] : undefined;
        return (
          <Text key={index} wrap="truncate">
            {"  ".repeat(indent)}
            <Text {...(shade === undefined ? {} : { color: shade })}>{mark}</Text>
            {mark === "" ? "" : " "}
            <Text bold={color && index === 0} dimColor={color && tone === "quiet"}>
              {text}
            </Text>
            <Text dimColor={color}>{detail === "" ? "" : `  ${detail}`}</Text>
          </Text>
        );
      })}
    </Box>
  );
}
