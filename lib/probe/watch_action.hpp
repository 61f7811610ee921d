#pragma once

#include <cstddef>
#include <string>
#include <variant>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

/// What the core of a watch wants done, or told, in its order.
namespace failover {

struct BeginCheck {
  std::size_t target = 0;
};
/// A down of this target waits for what the references say now (property isolation).
struct AskReferences {
  std::size_t target = 0;
};
/// The target was seen up, and the memory does not know it.
struct RememberUp {
  std::string target;
};
struct TellCheck {
  Observation observation;
};
struct TellState {
  Target target;
  TargetState from = TargetState::unknown;
  TargetState to = TargetState::unknown;
  std::string reason;
};
/// Before anybody else's opinion.
struct TellOwnVerdict {
  Verdict verdict;
};
struct TellVerdict {
  Verdict verdict;
};
struct TellNote {
  Level level = Level::info;
  std::string sentence;
};
/// The awaited verdict, or why watching must end.
struct EndWatch {
  Result<Verdict> result;
};

using WatchAction = std::variant<BeginCheck, AskReferences, RememberUp, TellCheck, TellState, TellOwnVerdict,
                                 TellVerdict, TellNote, EndWatch>;

}  // namespace failover
