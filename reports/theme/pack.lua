-- What the packs need of pandoc beyond Markdown. Both renderers run this filter.
--   tables: the first column is each row's heading; HTML gets scopes and a frame that scrolls with the keyboard
--   pictures: `fig-alt` becomes the alternative text, the caption stays for everyone
--   .beside: a chart and its table stand side by side on paper, with the sentence before them
--   .traced: links to pages of the web site, which paper and Word go without
--   .not-listed: tables that the edition leaves out, one after the other, become one sentence

local html = FORMAT:match("html") ~= nil
local typst = FORMAT:match("typst") ~= nil
local ROWS_KEPT_TOGETHER = 18

local function set_scope(cells, first, last, scope)
  for place = first, last do
    if cells[place] then
      cells[place].attr.attributes["scope"] = scope
    end
  end
end

local function name_headings(tbl)
  for _, row in ipairs(tbl.head.rows) do
    set_scope(row.cells, 1, #row.cells, "col")
  end
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do
      set_scope(row.cells, 1, 1, "row")
    end
  end
end

local function scrolling(tbl)
  local name = pandoc.utils.stringify(tbl.caption.long)
  -- Pairs, not a table by name, which Lua would put in another order on each run.
  local frame = { { "role", "group" }, { "tabindex", "0" }, { "aria-label", "Table: " .. name } }
  return pandoc.Div({ tbl }, pandoc.Attr("", { "table-frame" }, frame))
end

local function rows_of(tbl)
  local count = 0
  for _, body in ipairs(tbl.bodies) do
    count = count + #body.body
  end
  return count
end

function Table(tbl)
  for _, body in ipairs(tbl.bodies) do
    body.row_head_columns = 1
  end
  if typst and rows_of(tbl) > ROWS_KEPT_TOGETHER then
    return { pandoc.RawBlock("typst", "#long["), tbl, pandoc.RawBlock("typst", "]") }
  end
  if not html then
    return tbl
  end
  for _, column in ipairs(tbl.colspecs) do
    column[2] = nil
  end
  name_headings(tbl)
  local frame = scrolling(tbl)
  tbl.caption.long = pandoc.Blocks({
    pandoc.Plain({ pandoc.Span(pandoc.utils.blocks_to_inlines(tbl.caption.long), pandoc.Attr("", { "caption" })) }),
  })
  frame.content = pandoc.Blocks({ tbl })
  return frame
end

local function typst_string(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

local function typst_picture(figure, image, alternative)
  local source = image.src
  if not source:match("%.%w+$") then
    source = source .. ".svg"
  end
  local caption = pandoc.write(pandoc.Pandoc(figure.caption.long), "typst"):gsub("%s+$", "")
  local picture = "image(" .. typst_string(source) .. ", alt: " .. typst_string(alternative) .. ")"
  return pandoc.RawBlock("typst", "#figure(" .. picture .. ", caption: [" .. caption .. "])")
end

function Figure(figure)
  local picture, alternative
  figure = figure:walk({
    Image = function(image)
      alternative = image.attributes["fig-alt"]
      if alternative == nil then
        return nil
      end
      image.attributes["fig-alt"] = nil
      image.caption = pandoc.Inlines({ pandoc.Str(alternative) })
      picture = image
      return image
    end,
  })
  if typst and picture then
    return typst_picture(figure, picture, alternative)
  end
  return figure
end

-- Where figures come from is told on pages of a web site: elsewhere the words stand without the link.
function Link(link)
  if not html and link.classes:includes("traced") then
    return link.content
  end
  return nil
end

-- A quarter's label never breaks at its hyphens on a screen; the Typst theme does the same on paper.
function Str(str)
  if html and str.text:match("%d%d%d%d%-%d%d%-Q%d") then
    return pandoc.Span({ str }, pandoc.Attr("", { "quarter" }))
  end
  return nil
end

function Div(div)
  if not (typst and div.classes:includes("beside")) then
    return nil
  end
  local parts = pandoc.Blocks({ pandoc.RawBlock("typst", "#beside(") })
  for _, block in ipairs(div.content) do
    parts:insert(pandoc.RawBlock("typst", "["))
    parts:insert(block)
    parts:insert(pandoc.RawBlock("typst", "],"))
  end
  parts:insert(pandoc.RawBlock("typst", ")"))
  return parts
end

local function wants_its_paragraph(block, before)
  local raw = block.t == "RawBlock" and block.text or ""
  if block.t == "Header" then
    return before ~= nil and before.t == "Header"
  end
  return block.t == "Table" or block.t == "BulletList" or raw:match("^#beside%(") ~= nil or raw:match("^#figure%(image") ~= nil
end

local function left_out(block)
  return block.t == "Div" and block.classes:includes("not-listed")
end

-- One paragraph for all neighbours that the edition leaves out: "Not in the public edition: first; second."
local function join_left_out(blocks)
  local joined = pandoc.Blocks({})
  for _, block in ipairs(blocks) do
    local before = joined[#joined]
    if left_out(block) then
      local titles = pandoc.utils.blocks_to_inlines(block.content)
      if before and left_out(before) then
        before.content[1].content:insert(pandoc.Str(";"))
        before.content[1].content:insert(pandoc.Space())
        before.content[1].content:extend(titles)
      else
        local words = pandoc.Inlines("Not in the " .. block.attributes.edition .. " edition: ")
        words:extend(titles)
        joined:insert(pandoc.Div({ pandoc.Para(words) }, pandoc.Attr("", { "not-listed" })))
      end
    else
      joined:insert(block)
    end
  end
  for _, block in ipairs(joined) do
    if left_out(block) then
      block.content[1].content:insert(pandoc.Str("."))
    end
  end
  return joined
end

-- Keeps the paragraph before a chart, a table or a list, or between two headings, and with it the heading above, on the same page.
function Blocks(blocks)
  blocks = join_left_out(blocks)
  if not typst then
    return blocks
  end
  for place = #blocks - 1, 1, -1 do
    if blocks[place].t == "Para" and wants_its_paragraph(blocks[place + 1], blocks[place - 1]) then
      blocks:insert(place + 1, pandoc.RawBlock("typst", "]"))
      blocks:insert(place, pandoc.RawBlock("typst", "#leading-in["))
    end
  end
  return blocks
end
