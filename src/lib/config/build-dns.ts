import { canonicalAddress } from '../names/addresses.js';
import { buildHttpCheck } from './build-health.js';
import type { DnsName, DnsProvider, DnsZone } from './config-types.js';
import { judgingOf } from './judging.js';
import { programWords } from './program-hosts.js';
import type { DnsZoneShape } from './schema-dns.js';

/** `file` is the configuration: the path of a program may be relative to it. */
export function buildZone(name: string, shape: DnsZoneShape, file: string, home: string): DnsZone {
  return {
    name,
    provider: buildProvider(shape, file, home),
    names: new Map(
      Object.entries(shape.names).map(([each, one]) => [each, buildName(each, one, name, home)]),
    ),
    excused: shape.excused,
    resolvers: shape.resolvers.map(canonicalAddress),
    recoverySeconds: shape.recovery,
  };
}

function buildProvider(shape: DnsZoneShape, file: string, home: string): DnsProvider {
  switch (shape.provider) {
    case 'powerdns':
      return { kind: 'powerdns', ...serversOf(shape), api: shape.api, key: shape.key };
    case 'rfc2136':
      return { kind: 'rfc2136', ...serversOf(shape), key: shape.key };
    case 'exec':
      return {
        kind: 'exec',
        program: programWords(shape.program, file, home),
        timeoutMs: shape.timeout,
      };
  }
}

function serversOf({ servers, listen }: Extract<DnsZoneShape, { readonly servers: unknown }>) {
  return { servers: new Map(Object.entries(servers)), listen };
}

function buildName(
  name: string,
  { class: kind, app, ttl, rooms, steady, health, judged }: DnsZoneShape['names'][string],
  zone: string,
  home: string,
): DnsName {
  const built: DnsName = {
    name,
    class: kind,
    app,
    ttlSeconds: ttl,
    rooms: new Map(Object.entries(rooms).map(([room, addresses]) => [room, addresses.map(canonicalAddress)])),
    steady: new Map(Object.keys(rooms).map((room) => [room, steady[room] ?? 0])),
    health: health && buildHttpCheck(health, home),
  };
  const judging = judged && judgingOf(name === '@' ? zone : `${name}.${zone}`, built, judged.allDown);
  // What is wrong with it is reported by check-dns.ts.
  return judging === undefined || 'problem' in judging ? built : { ...built, judging };
}
