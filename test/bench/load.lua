-- One message over and over, for wrk: what is in the file that BENCH_REQUEST names. Writes the figures as JSON.
local request = dofile(os.getenv('BENCH_REQUEST'))
wrk.method, wrk.path, wrk.headers, wrk.body = request.method, request.path, request.headers, request.body

-- Mean pause of a connection between an answer and its next request, in ms; exponential, so that requests of
-- many connections arrive at random and not in step.
local think = tonumber(os.getenv('BENCH_THINK_MS'))
if think > 0 then
  math.randomseed(os.time())
  function delay()
    return math.floor(-think * math.log(1 - math.random()) + 0.5)
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"failed":%d}\n',
    summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
