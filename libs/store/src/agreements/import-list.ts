import { type ImportOutcome, type NewAgreement } from '@app/hub';
import { fingerprintOf } from './agreement-rows';

/** The list of an import, in which one agreement may stand several times. */
export class ImportList {
  private readonly fingerprints: readonly string[];
  /** Where each stands first. */
  private readonly first = new Map<string, number>();

  constructor(private readonly agreements: readonly NewAgreement[]) {
    this.fingerprints = agreements.map(fingerprintOf);
    for (const [at, fingerprint] of this.fingerprints.entries()) {
      if (!this.first.has(fingerprint)) this.first.set(fingerprint, at);
    }
  }

  /** Each of them once, by fingerprint: imports of the same that run at one time wait for each other in one order. */
  distinct(): readonly (readonly [string, NewAgreement])[] {
    return [...this.first]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([fingerprint, at]) => [fingerprint, this.agreements[at]!]);
  }

  /** What becomes of each, in the order of the list, where `decide` says it of those that stand first. */
  outcomes(decide: (fingerprint: string) => ImportOutcome): readonly ImportOutcome[] {
    return this.fingerprints.map((fingerprint, at) => {
      const earlier = this.first.get(fingerprint)!;
      return earlier < at ? { outcome: 'duplicate', earlier } : decide(fingerprint);
    });
  }
}
