-- Changes a network's sizes: always to something new, so that each request is a change.
math.randomseed(os.time())
local networks = tonumber(os.getenv("NETWORKS"))
local headers = { ["Content-Type"] = "application/merge-patch+json", ["If-Match"] = "*" }
init = function() headers["Authorization"] = wrk.headers["Authorization"] end
request = function()
  local body = string.format('{"max_size":%d}', math.random(100000, 1000000))
  return wrk.format("PATCH", string.format("/v1/networks/01900000-0000-7002-8000-%012d", math.random(networks)), headers, body)
end
