#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include <failover/context.hpp>
#include <failover/promoter.hpp>

namespace failover {

/// How long one message to one notifier may take.
inline constexpr Duration notice_patience = std::chrono::seconds(5);

/// The deadline of a promotion that has somebody to tell at its end: a little before that of the whole command, at most
/// a tenth of what is left (property bounded).
Deadline before_notices(Deadline whole);

/// Tells everybody, each from a thread of its own: whoever is slow or gone delays neither the promotion nor the others.
/// Each gets the messages in their order.
class Notices {
 public:
  /// @param notifiers not owned
  /// @param deadline  of the whole command
  Notices(std::span<const std::unique_ptr<Notifier>> notifiers, Deadline deadline);
  Notices(const Notices&) = delete;
  Notices& operator=(const Notices&) = delete;
  ~Notices();

  /// Never waits.
  void post(const Notification& notification);
  /// Waits until everything was sent or has failed, for a few seconds at most. @return in the order in which it ended
  std::vector<NoticeOutcome> finish();

 private:
  struct Receiver {
    Notifier* notifier = nullptr;
    std::deque<Notification> queue;
    std::jthread thread;
  };
  void serve(Receiver& receiver);
  void send(Notifier& notifier, const Notification& notification);

  Deadline deadline_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<NoticeOutcome> outcomes_;
  bool over_ = false;  ///< nothing more will be posted
  std::vector<std::unique_ptr<Receiver>> receivers_;
};

}  // namespace failover
