#include "completions/all_tools.hpp"

#include <vector>

#include "completions/option_table.hpp"
#include "fo-fetch/run.hpp"
#include "fo-probe/probe_tool.hpp"
#include "fo-promote/promote_tool.hpp"
#include "fo-restore/run.hpp"

namespace failover::completions {

std::vector<ToolTable> all_tables() {
  cli::ProbeTool probe;
  cli::FetchTool fetch;
  cli::RestoreTool restore;
  promote_tool::PromoteTool promote({});
  return {read_table(probe), read_table(fetch), read_table(restore), read_table(promote)};
}

}  // namespace failover::completions
