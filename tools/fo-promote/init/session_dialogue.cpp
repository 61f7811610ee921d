#include "fo-promote/init/session_dialogue.hpp"

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "cli/output.hpp"
#include "cli/printable.hpp"
#include "cli/session.hpp"
#include "cli/terminal.hpp"
#include "fo-promote/init/surroundings.hpp"

namespace failover::promote_tool {

namespace {

using Json = nlohmann::ordered_json;

std::string json_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string_view name_of(Origin origin) {
  switch (origin) {
    case Origin::flag:
      return "flag";
    case Origin::assumed:
      return "default";
    case Origin::asked:
      break;
  }
  return "asked";
}

}  // namespace

Result<std::string> SessionDialogue::ask(const std::string& prompt) {
  auto line = cli::ask(cli::printable(prompt), session_.context);
  if (line || line.error().kind != ErrorKind::refused) return line;
  return fail(ErrorKind::refused, "the answers have ended; nothing was written");
}

void SessionDialogue::tell(const std::string& line) {
  if (attended_) fmt::print(stderr, "{}\n", cli::printable(line));
}

void SessionDialogue::found(std::string_view flag, const Finding& finding) {
  session_.output.object("finding",
                         json_text({{"key", flag}, {"grade", to_string(finding.grade)}, {"text", finding.text}}));
  if (attended_) return tell(fmt::format("  {}: {}", to_string(finding.grade), finding.text));
  const bool good = finding.grade == FindingGrade::good;
  doubted_ = doubted_ || finding.grade == FindingGrade::doubt;
  session_.output.note(good ? Level::info : Level::warning, fmt::format("--{}: {}", flag, finding.text));
}

void SessionDialogue::settled(std::string_view flag, const std::vector<std::string>& values, Origin origin) {
  session_.output.object("answer", json_text({{"key", flag}, {"values", values}, {"from", name_of(origin)}}));
}

}  // namespace failover::promote_tool
