// Preloaded: says at the end how much memory this process took at most (resident set, in MB).
process.on('exit', () =>
  process.stderr.write(`peak ${(process.resourceUsage().maxRSS / 1024).toFixed(1)}\n`),
);
