#include "cli/tool.hpp"
#include "fo-fetch/run.hpp"

int main(int argc, char** argv) {
  failover::cli::FetchTool tool;
  return failover::cli::run_tool(tool, argc, argv);
}
