#pragma once

#include <cstdio>
#include <cstdlib>

namespace failover::test {

/// An invariant of a fuzz target: what does not hold ends the process, which is what a fuzzer looks for.
inline void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

}  // namespace failover::test
