#pragma once

#include <string>
#include <vector>

namespace failover::cli {
class Tool;
}

namespace failover::completions {

/// What may stand where a value is wanted.
enum class ValueKind { none, file, directory, choice, text };

struct OptionEntry {
  std::vector<std::string> long_names;   ///< without dashes; empty for an operand
  std::vector<std::string> short_names;  ///< without dash
  std::string help;
  std::string value;  ///< the name of its value, "FILE"; empty for a flag
  ValueKind kind = ValueKind::none;
  std::vector<std::string> choices;
  bool repeatable = false;

  /// "--timeout -t": every way to write it, as words.
  [[nodiscard]] std::vector<std::string> spellings() const;
};

struct CommandEntry {
  std::string name;
  std::string help;
  std::vector<OptionEntry> options;  ///< that it alone takes; no keys of the configuration
  std::vector<CommandEntry> commands;
};

/// One tool's options, operands and commands, read from the table that also parses the command line.
struct ToolTable {
  std::string name;
  std::string summary;
  std::vector<OptionEntry> options;
  std::vector<OptionEntry> operands;
  std::vector<CommandEntry> commands;
};

ToolTable read_table(cli::Tool& tool);

}  // namespace failover::completions
