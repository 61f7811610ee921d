#include "cli/tool.hpp"
#include "fo-promote/promote_tool.hpp"

int main(int argc, char** argv) {
  failover::promote_tool::PromoteTool tool({argv + 1, argv + argc});
  return failover::cli::run_tool(tool, argc, argv);
}
