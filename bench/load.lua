-- Requests for wrk: no dearer to make than a few joined strings.
-- Words: sites, pages a site, the kind of request, eight hexadecimal digits that no
-- other run has; and to look at answers: how many, their status, the length of a body.

local SITES, PAGES, RUN, HOSTS = 0, 0, "", {}
local CONNECTED = 256 -- requests after which every connection is surely open
local random, floor = math.random, math.floor
local made = 0
looked, wrong = 0, 0

-- What Chrome 131 sends for a page that somebody asks for.
local CHROME = "Connection: keep-alive\r\n"
  .. 'sec-ch-ua: "Google Chrome";v="131", "Chromium";v="131", "Not_A Brand";v="24"\r\n'
  .. "sec-ch-ua-mobile: ?0\r\n"
  .. 'sec-ch-ua-platform: "Windows"\r\n'
  .. "Upgrade-Insecure-Requests: 1\r\n"
  .. "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
  .. "(KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36\r\n"
  .. "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,"
  .. "image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7\r\n"
  .. "Sec-Fetch-Site: none\r\n"
  .. "Sec-Fetch-Mode: navigate\r\n"
  .. "Sec-Fetch-User: ?1\r\n"
  .. "Sec-Fetch-Dest: document\r\n"
  .. "Accept-Encoding: gzip, deflate, br, zstd\r\n"
  .. "Accept-Language: en-US,en;q=0.9\r\n"
  .. "Cookie: _ga=GA1.1.1093476251.1730000000; session="

local function alone(path, extension)
  return "GET /" .. path .. extension .. HOSTS[random(SITES)] .. CHROME .. RUN .. made
    .. "\r\n\r\n"
end

local KINDS = {
  index = function() return alone("", "") end,
  page = function() return alone("page" .. random(PAGES), ".html") end,
  query = function() return alone("?from=" .. RUN .. made, "") end,
  missing = function() return alone(RUN .. made, ".html") end,
  again = function() return "GET /" .. HOSTS[random(SITES)] .. "\r\n" end,
  every = function() -- file, in order
    local page = floor(made / SITES) % (PAGES + 1)
    local path = page > 0 and "page" .. page .. ".html" or ""
    return "GET /" .. path .. HOSTS[made % SITES + 1] .. "\r\n"
  end,
}

local function say(word)
  io.write("\n", word, "\n")
  io.flush()
end

function setup(thread)
  wrk.only = thread
end

function init(words)
  SITES, PAGES, RUN = tonumber(words[1]), tonumber(words[2]), words[4]
  for number = 1, SITES do
    HOSTS[number] = " HTTP/1.1\r\nHost: site" .. number .. ".example.com\r\n"
  end
  math.randomseed(tonumber(RUN, 16))
  local make = KINDS[words[3]]
  request = function()
    made = made + 1
    if made == CONNECTED then say("connected") end
    return make()
  end
  if words[5] then
    local enough, expected, length = unpack(words, 5)
    enough, expected, length = tonumber(enough), tonumber(expected), tonumber(length)
    response = function(status, _headers, body)
      looked = looked + 1
      if status ~= expected or (length and #body ~= length) then wrong = wrong + 1 end
      if looked == enough then say("looked") end
    end
  end
end

function done(summary)
  local errors = summary.errors
  io.write("\nanswers ", summary.requests, " octets ", summary.bytes,
    " refused ", errors.status, " looked ", wrk.only:get("looked"), " wrong ",
    wrk.only:get("wrong"), " lost ",
    errors.read + errors.connect + errors.write + errors.timeout, "\n")
end
