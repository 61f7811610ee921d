#include "probe/plugin_answer.hpp"

#include <csignal>
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <sys/wait.h>

#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "probe/prober.hpp"

namespace failover {

namespace {

constexpr std::size_t longest_line = 200;

Finding unknown(const std::string& detail) {
  return {fail(ErrorKind::io, detail), detail, Grade::ok, false};
}

}  // namespace

std::string plugin_line(std::string_view output) {
  const auto begin = output.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  output.remove_prefix(begin);
  output = output.substr(0, output.find_first_of("\n|"));
  output = output.substr(0, output.find_last_not_of(" \t\r") + 1);
  std::string line;
  for (const char c : output.substr(0, longest_line)) line += c >= 0x20 && c < 0x7f ? c : '?';
  if (output.size() > longest_line) line += "...";
  return line;
}

Finding judge_plugin(int code, int status, std::string_view line) {
  if (code != CLD_EXITED) return unknown(fmt::format("could not ask: signal {} ended the plugin", status));
  const auto said = line.empty() ? fmt::format("exit status {}", status) : std::string(line);
  switch (status) {
    case 0:
      return found(Health::up, said);
    case 1:
      return found(Health::up, said, Grade::warning);
    case 2:
      return found(Health::down, said);
    case 3:
      return unknown(fmt::format("the plugin does not know: {}", said));
    default:
      return unknown(fmt::format("could not ask: the plugin ended with {}{}", status,
                                 line.empty() ? "" : fmt::format(": {}", line)));
  }
}

}  // namespace failover
