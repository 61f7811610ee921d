#pragma once

#include <memory>
#include <string_view>

#include <failover/error.hpp>
#include <failover/fencer.hpp>

namespace failover {

/// A fencer that is the word of a person: "I have powered NODE off, at TIME". It holds for 15 minutes from then; after
/// that somebody else may have switched the host on again. It proves nothing, so the promotion refuses it while any
/// probe of the node answers, and journals it.
/// @param word TIME as RFC 3339; empty = nobody has said anything
Result<std::unique_ptr<Fencer>> make_operator_fencer(std::string_view word);

}  // namespace failover
