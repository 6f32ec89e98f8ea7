import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
  type CounterConfiguration,
  type GaugeConfiguration,
  type HistogramConfiguration,
  type Metric,
} from 'prom-client';

export type { Counter, Gauge, Histogram };

/** The metrics of one process. Asking twice for one name gives the same metric. */
export interface Metrics {
  readonly contentType: string;
  counter<L extends string>(configuration: CounterConfiguration<L>): Counter<L>;
  gauge<L extends string>(configuration: GaugeConfiguration<L>): Gauge<L>;
  histogram<L extends string>(configuration: HistogramConfiguration<L>): Histogram<L>;
  /** All metrics in the Prometheus text format. */
  text(): Promise<string>;
}

let shared: Metrics | undefined;

/**
 * The one registry of this process, made at first use with the default metrics of Node. The apps of the
 * all-in-one hub share it, so that memory, CPU and event loop are counted once.
 */
export function processMetrics(): Metrics {
  shared ??= createMetrics(true);
  return shared;
}

/** A registry of its own, for tests and for parts that must not share one. */
export function createMetrics(withDefaults = false): Metrics {
  const registry = new Registry();
  if (withDefaults) collectDefaultMetrics({ register: registry });
  const once = <M extends Metric>(name: string, make: () => M): M =>
    (registry.getSingleMetric(name) as M | undefined) ?? make();
  const registers = [registry];
  return {
    contentType: registry.contentType,
    counter: (given) => once(given.name, () => new Counter({ ...given, registers })),
    gauge: (given) => once(given.name, () => new Gauge({ ...given, registers })),
    histogram: (given) => once(given.name, () => new Histogram({ ...given, registers })),
    text: () => registry.metrics(),
  };
}
