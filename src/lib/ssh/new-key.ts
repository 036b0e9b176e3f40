/** A key pair in the formats of OpenSSH; the public half is `ssh-ed25519 BASE64`. */
export interface KeyPair {
  readonly private: string;
  readonly public: string;
}

/** A new Ed25519 key without a passphrase, for one operation. */
export async function newKeyPair(): Promise<KeyPair> {
  const { default: ssh2 } = await import('ssh2');
  const pair = ssh2.utils.generateKeyPairSync('ed25519');
  return { private: pair.private, public: pair.public.trim().split(' ').slice(0, 2).join(' ') };
}
