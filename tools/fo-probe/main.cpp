#include "cli/tool.hpp"
#include "fo-probe/probe_tool.hpp"

int main(int argc, char** argv) {
  failover::cli::ProbeTool tool;
  return failover::cli::run_tool(tool, argc, argv);
}
