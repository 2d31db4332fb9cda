-- Reads the first page of an organisation's people, another organisation's each time.
math.randomseed(42)
local organisations = tonumber(os.getenv("ORGANISATIONS"))
request = function()
  local id = string.format("01900000-0000-7001-8000-%012d", math.random(organisations))
  return wrk.format("GET", "/v1/members?limit=50&organisation_id=" .. id)
end
