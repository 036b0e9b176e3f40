/**
 * The help of the whole program. It is plain text, so that it appears before any code that would build it is loaded. A test
 * compares it with the real commands and options.
 */
export const ROOT_HELP = `Usage: kuafu <command> [options]

One-key operations for applications that live in two machine rooms of one city.

Applications:
  scale                fill a room with new application hosts
  restart              rolling restart, host by host, under load
  start                start and join what was installed and left stopped
  exec                 one command on many hosts, equal output shown once
  logs                 the logs of many hosts: tail, grep, fetch
  env                  environment files: show, diff, push, rollback
  traffic              who is in traffic: status, drain, ready, repair
  db                   databases of two rooms: status, switch
  dns                  where names lead users: status, set, switch, undo
  switch               where names, entries and databases are now: status
  rooms                how the rooms are tied together
  agents               is every host there, and in order?
  report               capacity without a room, resources in use

Back office:
  ops                  every operation: list, show, resume, close, statistics
  resource             the pool of spare hosts

First steps:
  config               check and explain the configuration
  completion           tab completion for bash, zsh and fish
  lab                  two practice rooms of real hosts on this machine

Options, before or after the command:
  -c, --config <file>  configuration to use instead of the one found
  --json               one JSON document on stdout
  -y, --yes            do not ask for confirmation
  --dry-run            read and show the plan, change nothing
  --no-color           no colour (also: NO_COLOR=1)
  --no-pager           long tables as they are, without a pager
  --no-input           never ask anything
  --verbose            say more on stderr
  --forks <n>          hosts at once, 1 to 1000
  -V, --version        print the version
  -h, --help           print this help, or that of a command

Hosts are named by node sets, such as web-b-[01-20]. --idc names a room;
--room is the same.

Examples:
  kuafu lab up --install            two practice rooms on this machine
  kuafu config check                is the configuration sound?
  kuafu scale                       asks what it needs to know
  kuafu scale --app shop --group web --idc B --count 20 \\
      --template-ip 198.18.1.11 --start
  kuafu exec @app:shop -- uptime    one command on many hosts
  kuafu ops list                    every operation, and what can be resumed
  kuafu help scale                  everything about one command

Exit codes:
  0    done, or nothing to do
  1    a finding
  2    wrong usage or configuration
  3    refused, nothing was changed
  4    failed or partly done
  5    no host could be reached
  70   a bug of ours
  130  interrupted, can be resumed
`;
