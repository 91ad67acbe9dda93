-- wrk: GETs the paths of the file PATHS at random, or POSTs the file BODY with TOKEN; prints one line of JSON.
local paths, body = {}, nil
local serial = 0

function init(arguments)
  math.randomseed(tonumber(os.getenv("SEED")))
  if os.getenv("BODY") then
    body = io.open(os.getenv("BODY")):read("*a")
    wrk.headers["Content-Type"] = "application/json"
    wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")
  else
    for path in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = path end
  end
end

function request()
  if not body then return wrk.format("GET", paths[math.random(#paths)]) end
  serial = serial + 1
  local title = string.format("Post %s %d", os.getenv("SEED"), serial)
  return wrk.format("POST", "/api/v1/posts", nil, (body:gsub("TITLE", title)))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "duration_us": %d, "p50_us": %d, "p99_us": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
