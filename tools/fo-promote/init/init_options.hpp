#pragma once

namespace CLI {
class App;
}

namespace failover::promote_tool {

struct PromoteOptions;

/// The flags of init alone, on its command: they are no keys of a configuration. Whatever else of fo-promote's options
/// stands on the command line answers a question, too, or goes into the configuration as it is.
void declare_init_options(CLI::App& command, PromoteOptions& options);

/// Notes what the command line gave, before a configuration could: PromoteOptions::given. Called when all is parsed.
void note_given(const CLI::App& app, const CLI::App& command, PromoteOptions& options);

}  // namespace failover::promote_tool
