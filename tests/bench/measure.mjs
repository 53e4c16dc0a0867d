// What is measured of an opened engine; the same in the page and in node.

/** Milliseconds of each query, the fastest of the passes; no pass begins after the budget is used up. */
export async function times(ask, queries, { limit, passes, budget_ms }) {
  const best = queries.map(() => Infinity);
  const begin = performance.now();
  for (let pass = 0; pass < passes && (pass === 0 || performance.now() - begin < budget_ms); pass++) {
    for (let at = 0; at < queries.length; at++) {
      const start = performance.now();
      const hits = ask(queries[at], limit);
      // Awaiting what is no promise would count a turn of the loop.
      if (hits instanceof Promise) await hits;
      best[at] = Math.min(best[at], performance.now() - start);
    }
  }
  return best;
}

/** Keystrokes and misspelt queries of a job, as percentiles. */
export async function latency(ask, job) {
  await times(ask, job.typos.slice(0, 20), { ...job, passes: 1 });
  return { key: percentiles(await times(ask, job.keys, job)), typo: percentiles(await times(ask, job.typos, job)) };
}

function percentiles(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { p50_ms: at(0.5), p95_ms: at(0.95), p99_ms: at(0.99) };
}

/** How well the judged sets are answered, and how much of a question is typed until its answer shows. */
export async function quality(ask, job) {
  const found = {};
  for (const [name, set] of Object.entries(job.sets)) {
    let mrr = 0;
    let hit5 = 0;
    for (const { q, rel } of set) {
      const place = (await ask(q, 10)).findIndex((id) => rel.includes(id));
      if (place >= 0) mrr += 1 / (place + 1);
      if (place >= 0 && place < 5) hit5 += 1;
    }
    found[name] = { mrr: mrr / set.length, hit5: hit5 / set.length };
  }
  if (job.typed) found.typed_share = await typed(ask, job.sets[job.typed]);
  return found;
}

async function typed(ask, set) {
  let sum = 0;
  for (const { q, rel } of set) {
    let share = 1;
    for (let length = 1; length <= q.length; length++) {
      const hits = await ask(q.slice(0, length), 3);
      if (!hits.some((id) => rel.includes(id))) continue;
      share = length / q.length;
      break;
    }
    sum += share;
  }
  return sum / set.length;
}
