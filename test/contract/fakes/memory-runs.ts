/** Workflow runs in memory, for tests of what stands on the store. */
import { Failure } from "../../../src/model/failure.ts";
import type { Clock } from "../../../src/model/system.ts";
import type { Plan } from "../../../src/model/workflow.ts";
import {
  isFinished,
  type RunOwner,
  type RunRecord,
  type RunStore,
  type StepLog,
  type StepProcess,
  type StepRecord,
  type StepWait,
} from "../../../src/model/workflow-run.ts";

interface Entry {
  record: RunRecord;
  readonly plan: string;
  lease: { owner: string; until: number } | undefined;
  /** The last sign of life of whoever has it. */
  seenAt: number | undefined;
  readonly steps: Map<string, string>;
  readonly waits: Map<string, StepWait>;
  readonly logs: StepLog[];
  processes: StepProcess[];
}

const copy = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

export function memoryRuns(clock: Pick<Clock, "now">): RunStore {
  const entries = new Map<string, Entry>();
  const now = (): number => clock.now().getTime();
  const iso = (): string => clock.now().toISOString();
  const get = (id: string): Entry | undefined => entries.get(id);
  const isLive = (entry: Entry, owner?: RunOwner): boolean =>
    entry.lease !== undefined && entry.lease.until > now() && (owner?.isAlive(entry.lease.owner) ?? true);
  const use = (entry: Entry): void => {
    const more = entry.seenAt === undefined ? 0 : Math.max(0, now() - entry.seenAt);
    entry.record = { ...entry.record, usedMs: entry.record.usedMs + more };
    entry.seenAt = now();
  };
  const held = (id: string, owner: RunOwner): Entry => {
    const entry = get(id);
    if (entry?.lease?.owner !== owner.id) throw new Failure("CF610", "this run is another process's now");
    return entry;
  };
  const stepsOf = (entry: Entry): StepRecord[] =>
    [...entry.steps.values()].map((text) => JSON.parse(text) as StepRecord).sort((a, b) => a.position - b.position);
  const waitsOf = (entry: Entry): StepWait[] =>
    [...entry.waits.values()].sort((a, b) => (a.step < b.step ? -1 : 1)).map(copy);
  const ordered = (): Entry[] =>
    [...entries.values()].sort((a, b) =>
      `${a.record.createdAt} ${a.record.id}` < `${b.record.createdAt} ${b.record.id}` ? -1 : 1,
    );
  const isWithin = ({ id, parent }: RunRecord, root: string): boolean => {
    if (id === root) return true;
    const above = parent === undefined ? undefined : get(parent.run)?.record;
    return above !== undefined && isWithin(above, root);
  };
  const cancelTree = (id: string, by: string): void => {
    for (const entry of entries.values()) {
      if (!isWithin(entry.record, id) || isFinished(entry.record.status)) continue;
      const error = `cancelled by ${by}`;
      entry.record = { ...entry.record, status: "cancelled", error, finishedAt: iso() };
      entry.lease = undefined;
      for (const step of stepsOf(entry)) {
        if (isFinished(step.status)) continue;
        entry.steps.set(step.path, JSON.stringify({ ...step, status: "cancelled", finishedAt: iso(), error }));
      }
    }
  };
  const inGroup = (record: RunRecord): Entry[] =>
    [...entries.values()].filter(
      (other) =>
        other.record.group !== undefined &&
        other.record.group === record.group &&
        other.record.id !== record.id &&
        !isFinished(other.record.status),
    );

  const leftProcesses = (): StepProcess[] =>
    ordered().flatMap(({ record, processes }) => (isFinished(record.status) ? processes.map(copy) : []));
  const dueSteps = (): { readonly record: RunRecord; readonly step: string }[] =>
    [...entries.values()]
      .sort((x, y) => (x.record.id < y.record.id ? -1 : 1))
      .flatMap((entry) =>
        waitsOf(entry).flatMap(({ step, kind, until, decision, child }) => {
          const { status } = JSON.parse(entry.steps.get(step) ?? "{}") as Partial<StepRecord>;
          const isDue = decision !== undefined || (until !== undefined && Date.parse(until) <= now());
          const isOver = kind === "run" ? isFinished(get(child ?? "")?.record.status ?? "queued") : isDue;
          return status === "waiting" && isOver ? [{ record: entry.record, step }] : [];
        }),
      );

  return {
    notices: [],
    async create({ id, plan, parent }, owner) {
      if (entries.has(id)) return;
      const above = parent === undefined ? undefined : get(parent.run)?.record;
      const group = plan.concurrency?.group;
      const record: RunRecord = {
        id,
        workflow: plan.workflow.id,
        name: plan.workflow.name,
        path: plan.workflow.path,
        trigger: plan.event.name,
        status: "queued",
        ...(parent === undefined ? {} : { parent }),
        root: above?.root ?? id,
        depth: above === undefined ? 0 : above.depth + 1,
        ...(group === undefined ? {} : { group }),
        createdAt: iso(),
        usedMs: 0,
      };
      for (const other of inGroup(record)) {
        const by = `a newer run of the group ${group}`;
        const isCancelling = plan.concurrency?.cancelInProgress === true;
        if (other.record.status === "queued" || (isCancelling && !isLive(other, owner)))
          cancelTree(other.record.id, by);
        else if (isCancelling) other.record = { ...other.record, cancelRequested: { at: iso(), by } };
      }
      entries.set(id, {
        record,
        plan: JSON.stringify(plan),
        lease: undefined,
        seenAt: undefined,
        steps: new Map(),
        waits: new Map(),
        logs: [],
        processes: [],
      });
    },
    async claim(id, owner, leaseMs) {
      const entry = get(id);
      if (entry === undefined) return { kind: "absent" };
      if (isFinished(entry.record.status)) return { kind: "finished", record: entry.record };
      if (isLive(entry, owner)) return { kind: "held", by: entry.lease?.owner ?? "" };
      const ahead = inGroup(entry.record).find(
        ({ record: { status }, ...other }) =>
          status === "waiting" || (status === "running" && isLive({ ...other, record: entry.record }, owner)),
      );
      if (ahead !== undefined) return { kind: "behind", run: ahead.record.id };
      entry.lease = { owner: owner.id, until: now() + leaseMs };
      entry.record = { ...entry.record, status: "running" };
      entry.seenAt = now();
      return {
        kind: "claimed",
        run: {
          record: entry.record,
          plan: JSON.parse(entry.plan) as Plan,
          steps: stepsOf(entry),
          waits: waitsOf(entry),
          lastSequence: entry.logs.at(-1)?.sequence ?? 0,
          processes: [
            ...entry.processes.filter(
              ({ step }) => (JSON.parse(entry.steps.get(step) ?? "{}") as Partial<StepRecord>).status === "running",
            ),
            ...leftProcesses(),
          ],
        },
      };
    },
    async renew(id, owner, leaseMs) {
      const entry = get(id);
      const isHeld = entry?.lease?.owner === owner.id;
      if (isHeld && entry !== undefined) {
        entry.lease = { owner: owner.id, until: now() + leaseMs };
        use(entry);
      }
      const cancelRequested = entry?.record.cancelRequested;
      return { isHeld, ...(cancelRequested === undefined ? {} : { cancelRequested }) };
    },
    async record(id, owner, { steps, waits, logs, processes = [] }) {
      const entry = held(id, owner);
      for (const step of steps) {
        const known = entry.steps.get(step.path);
        const position = known === undefined ? step.position : (JSON.parse(known) as StepRecord).position;
        entry.steps.set(step.path, JSON.stringify({ ...step, position }));
      }
      for (const wait of waits) entry.waits.set(wait.step, copy(wait));
      entry.logs.push(...logs.map(copy));
      for (const process of processes) {
        const isOther = ({ step, pid }: StepProcess): boolean => step !== process.step || pid !== process.pid;
        entry.processes = [...entry.processes.filter(isOther), copy(process)];
      }
    },
    async release(id, owner, end) {
      const entry = held(id, owner);
      entry.lease = undefined;
      use(entry);
      entry.seenAt = undefined;
      entry.processes = [];
      const { error: _error, outputs: _outputs, finishedAt: _finishedAt, ...rest } = entry.record;
      entry.record = { ...rest, ...copy(end), ...(isFinished(end.status) ? { finishedAt: iso() } : {}) };
    },
    async requestCancel(id, by, owner) {
      const entry = get(id);
      if (entry === undefined || isFinished(entry.record.status)) return entry?.record.status;
      if (!isLive(entry, owner)) {
        cancelTree(id, by);
        return "cancelled";
      }
      entry.record = { ...entry.record, cancelRequested: { at: iso(), by } };
      return entry.record.status;
    },
    async decide(id, step, decision) {
      const wait = get(id)?.waits.get(step);
      const record = get(id)?.steps.get(step);
      const isWaiting = record !== undefined && (JSON.parse(record) as StepRecord).status === "waiting";
      if (wait?.kind !== "approval" || wait.decision !== undefined || !isWaiting) return false;
      get(id)?.waits.set(step, { ...wait, decision });
      return true;
    },
    async reopen(id, steps) {
      const entry = get(id);
      if (entry === undefined || !isFinished(entry.record.status)) return false;
      for (const path of steps) {
        const text = entry.steps.get(path);
        if (text === undefined) continue;
        const {
          finishedAt: _at,
          outputs: _outputs,
          items: _items,
          error: _error,
          ...rest
        } = JSON.parse(text) as StepRecord;
        entry.steps.set(path, JSON.stringify({ ...rest, status: "queued", continued: false }));
        entry.waits.delete(path);
      }
      const { error: _error, outputs: _outputs, finishedAt: _at, cancelRequested: _request, ...rest } = entry.record;
      entry.record = { ...rest, status: "queued", usedMs: 0 };
      return true;
    },
    async run(id) {
      const entry = get(id);
      if (entry === undefined) return undefined;
      const children = ordered().filter(({ record }) => record.parent?.run === id);
      return {
        record: entry.record,
        plan: JSON.parse(entry.plan) as Plan,
        children: children.map(({ record }) => record.id),
      };
    },
    left: async () => leftProcesses(),
    async forget(processes) {
      const keys = new Set(processes.map(({ run, step, pid }) => `${run} ${step} ${pid}`));
      for (const entry of entries.values())
        entry.processes = entry.processes.filter(({ run, step, pid }) => !keys.has(`${run} ${step} ${pid}`));
    },
    steps: async (id) => {
      const entry = get(id);
      return entry === undefined ? [] : stepsOf(entry);
    },
    waits: async (id) => {
      const entry = get(id);
      return entry === undefined ? [] : waitsOf(entry);
    },
    logs: async (id, { step, after = -1 } = {}) =>
      (get(id)?.logs ?? []).filter((log) => log.sequence > after && (step === undefined || log.step === step)),
    runs: async ({ limit, status, workflow, idPrefix = "", withCalled }) =>
      ordered()
        .reverse()
        .map(({ record }) => record)
        .filter(
          (record) =>
            (withCalled === true || record.parent === undefined) &&
            (status === undefined || record.status === status) &&
            (workflow === undefined || record.name === workflow) &&
            record.id.startsWith(idPrefix),
        )
        .slice(0, limit),
    due: async (root) =>
      dueSteps()
        .filter(({ record }) => record.root === root)
        .map(({ record, step }) => ({ run: record.id, step })),
    async resumable(owner) {
      const done = new Set(dueSteps().map(({ record }) => record.root));
      return ordered()
        .filter(({ record }) => record.parent === undefined && !isFinished(record.status))
        .filter((entry) => (entry.record.status === "waiting" ? done.has(entry.record.id) : !isLive(entry, owner)))
        .map(({ record }) => record.id);
    },
    async close() {
      entries.clear();
    },
  };
}
