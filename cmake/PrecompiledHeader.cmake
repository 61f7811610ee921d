# The standard headers that nearly every file includes, read once: it halves the time of a build from nothing.
#
# Whoever forgets to include one of them compiles all the same, so it is an option: the preset debug builds without, and
# tests/lint/tidy looks at what was changed without; tests/lint/test_headers.py compares names and headers everywhere.
option(FO_PRECOMPILE "Read the standard headers once for all files" OFF)

set(FO_STANDARD_HEADERS <algorithm> <array> <charconv> <chrono> <expected> <filesystem> <functional> <map> <memory> <mutex>
    <optional> <set> <span> <string> <string_view> <system_error> <utility> <vector> <fmt/format.h> <fmt/ranges.h>)

#   fo_precompile(OWNER [HEADER...])              OWNER reads the standard headers, and those named
#   fo_precompile_as(OWNER TARGET...)             the others, compiled with the same flags, take what OWNER has read
function(fo_precompile owner)
  if(FO_PRECOMPILE)
    target_precompile_headers(${owner} PRIVATE ${FO_STANDARD_HEADERS} ${ARGN})
  endif()
endfunction()

function(fo_precompile_as owner)
  if(FO_PRECOMPILE)
    foreach(target ${ARGN})
      target_precompile_headers(${target} REUSE_FROM ${owner})
    endforeach()
  endif()
endfunction()
