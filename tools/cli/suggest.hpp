#pragma once

#include <string>

namespace CLI {
class App;
}

namespace failover::cli {

/// The message for arguments that no option took: names the first one and, when an option's name is close to it, that.
std::string unexpected_arguments(const CLI::App& app);

}  // namespace failover::cli
