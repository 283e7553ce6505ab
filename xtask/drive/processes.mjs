// What a browser's processes cost, from /proc: CPU seconds and memory of the first process and of
// all that descend from it.

import { readFileSync, readdirSync } from "node:fs";

const TICKS_PER_SECOND = 100;

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The process ended meanwhile.
    return "";
  }
}

/** Fields of /proc/PID/stat behind the name: [2] is the parent, [11] to [14] are times in ticks. */
function fields(path) {
  const stat = read(path);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** The processes of the browser that uses this profile. */
export function processes(profile) {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const found = new Set(all.filter((pid) => read(`/proc/${pid}/cmdline`).includes(profile)));
  const parents = new Map(all.map((pid) => [pid, fields(`/proc/${pid}/stat`)[1]]));
  for (let grew = true; grew; ) {
    const before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
    grew = found.size > before;
  }
  return [...found];
}

/** CPU seconds so far, of those that ended and were waited for as well. */
export function cpuSeconds(profile) {
  const ticks = processes(profile).map((pid) => {
    const times = fields(`/proc/${pid}/stat`).slice(11, 15);
    return times.reduce((sum, time) => sum + Number(time), 0);
  });
  return ticks.reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND;
}

/** CPU seconds of the threads of this name, as the scheduler counts them: in nanoseconds. */
export function threadSeconds(profile, name) {
  let nanoseconds = 0;
  for (const pid of processes(profile)) {
    let tasks = [];
    try {
      tasks = readdirSync(`/proc/${pid}/task`);
    } catch {
      continue;
    }
    for (const task of tasks) {
      if (!read(`/proc/${pid}/task/${task}/comm`).startsWith(name)) continue;
      nanoseconds += Number(read(`/proc/${pid}/task/${task}/schedstat`).split(" ")[0]);
    }
  }
  return nanoseconds / 1e9;
}

/** Memory in MiB, shared pages counted by share. */
export function memory(profile) {
  const sizes = processes(profile).map((pid) => /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
  return sizes.reduce((sum, size) => sum + Number(size), 0) / 1024;
}
