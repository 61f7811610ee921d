# What was compiled once, in this copy of the tree or in another one, is not compiled again: a matter of a quarter of an hour on two cores.
# The presets tell ccache that precompiled headers are in use and that the folder's name does not count.
find_program(FO_CCACHE ccache DOC "The compiler cache; empty = none")
if(FO_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${FO_CCACHE})
endif()
