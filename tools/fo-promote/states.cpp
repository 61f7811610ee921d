#include "fo-promote/states.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

namespace {

constexpr std::size_t label_width = 56;

/// A quoted string of dot: what stands in the table has neither newlines nor control characters.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

/// The inside of a label, broken at blanks.
std::string wrapped(std::string_view text) {
  std::string result;
  std::size_t column = 0;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    if (column > 0 && column + 1 + word.size() > label_width) {
      result += "\\n";
      column = 0;
    }
    if (column > 0) result += ' ';
    result += word;
    column += word.size() + 1;
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return result;
}

std::string_view colour(WayOn way) noexcept {
  switch (way) {
    case WayOn::start_over:
      return "white";
    case WayOn::fence_anew:
      return "mistyrose";
    case WayOn::go_on:
      return "lightyellow";
    case WayOn::nothing:
      return "honeydew";
  }
  return "white";
}

std::string dashed(std::string_view from, std::string_view to, std::string_view label) {
  return fmt::format("  {} -> {} [style=dashed, label=\"{}\"];\n", quoted(from), quoted(to), wrapped(label));
}

/// Where the next run takes up what a crash in this step has left.
std::string way_on(const PromotionStepRow& row, std::string_view first) {
  switch (row.way_on) {
    case WayOn::start_over:
      return dashed(row.name, first, "crash: the next run begins anew");
    case WayOn::fence_anew:
      return dashed(row.name, first, "crash: resume claims a new epoch and fences again") +
             dashed(row.name, "withdrawn", "crash: or abort withdraws");
    case WayOn::go_on:
      return dashed(row.name, row.name, "crash: resume confirms that the others are off and goes on here");
    case WayOn::nothing:
      break;
  }
  return {};
}

std::string dot() {
  const auto rows = promotion_steps();
  std::string text =
      "digraph promotion {\n  node [shape=box, style=filled, fontname=\"sans-serif\", fontsize=11];\n"
      "  edge [fontname=\"sans-serif\", fontsize=9];\n  \"withdrawn\" [fillcolor=white];\n";
  for (const auto& row : rows) {
    text += fmt::format("  {} [fillcolor={}, label=\"{}\\n{}\\n{}\"];\n", quoted(row.name), colour(row.way_on),
                        row.name, wrapped(row.comment), wrapped(fmt::format("after a crash: {}", row.crash)));
  }
  for (const auto& row : rows) {
    if (row.next != row.step) text += fmt::format("  {} -> {};\n", quoted(row.name), quoted(to_string(row.next)));
    text += way_on(row, rows.front().name);
  }
  return text + "}\n";
}

}  // namespace

Result<cli::Outcome> print_states(const PromoteOptions& options, cli::Session& session) {
  if (options.verb != Verb::status) {
    return fail(ErrorKind::usage, "--print-states prints and does nothing else; leave the command beside it out");
  }
  const auto text = dot();
  for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1)) {
    session.output.print(rest.substr(0, rest.find('\n')));
  }
  session.output.object("states", nlohmann::json{{"format", options.print_states}, {"text", text}}.dump());
  return cli::Outcome{};
}

}  // namespace failover::promote_tool
