#pragma once

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace failover::cli {

/// The message when a command that must follow did not, or one that is not known: names it and those there are. None
/// when no command is missing.
std::optional<std::string> missing_command(const CLI::App& app);

/// The message for arguments that no option took: names the first one and, when an option's name is close to it, that.
std::string unexpected_arguments(const CLI::App& app);

}  // namespace failover::cli
