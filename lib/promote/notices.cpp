#include "promote/notices.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

namespace failover {

Deadline before_notices(Deadline whole) {
  if (whole.is_never()) return whole;
  const auto left = whole.remaining();
  return Deadline::after(left - std::min<Duration>(notice_patience, left / 10));
}

Notices::Notices(std::span<const std::unique_ptr<Notifier>> notifiers, Deadline deadline) : deadline_(deadline) {
  for (const auto& notifier : notifiers) {
    receivers_.push_back(std::make_unique<Receiver>());
    receivers_.back()->notifier = notifier.get();
  }
}

Notices::~Notices() {
  finish();
}

void Notices::post(const Notification& notification) {
  {
    const std::scoped_lock lock(mutex_);
    if (over_) return;
    for (auto& receiver : receivers_) {
      receiver->queue.push_back(notification);
      if (!receiver->thread.joinable()) receiver->thread = std::jthread([this, &receiver] { serve(*receiver); });
    }
  }
  changed_.notify_all();
}

void Notices::serve(Receiver& receiver) {
  while (true) {
    std::optional<Notification> next;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return over_ || !receiver.queue.empty(); });
      if (receiver.queue.empty()) return;
      next = std::move(receiver.queue.front());
      receiver.queue.pop_front();
    }
    send(*receiver.notifier, *next);
  }
}

void Notices::send(Notifier& notifier, const Notification& notification) {
  // A stop of the promotion is what has to be told: it does not stop the telling.
  const Context context{Deadline::after(notice_patience).sooner(deadline_), {}, nullptr};
  const auto sent = notifier.send(notification, context);
  const std::scoped_lock lock(mutex_);
  outcomes_.push_back(
      {notifier.describe(), notification.event, sent ? std::nullopt : std::optional<Error>(sent.error())});
}

std::vector<NoticeOutcome> Notices::finish() {
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  for (auto& receiver : receivers_) {
    if (receiver->thread.joinable()) receiver->thread.join();
  }
  return std::exchange(outcomes_, {});
}

}  // namespace failover
