-- Reads a network by its id, another one each time.
math.randomseed(42)
local networks = tonumber(os.getenv("NETWORKS"))
request = function()
  return wrk.format("GET", string.format("/v1/networks/01900000-0000-7002-8000-%012d", math.random(networks)))
end
