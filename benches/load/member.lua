-- Reads a member by their id, another one each time.
math.randomseed(42)
local members = tonumber(os.getenv("MEMBERS"))
request = function()
  return wrk.format("GET", string.format("/v1/members/01900000-0000-7007-8000-%012d", math.random(members)))
end
