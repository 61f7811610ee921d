#include "cli/tool.hpp"
#include "fo-restore/run.hpp"

int main(int argc, char** argv) {
  failover::cli::RestoreTool tool;
  return failover::cli::run_tool(tool, argc, argv);
}
