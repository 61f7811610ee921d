#pragma once

#include <string>

#include <failover/promoter.hpp>

namespace failover {

/// One line for a person: "pbx.example: the promotion of b is done (epoch 4): ..".
std::string notification_sentence(const Notification& notification);

/// One JSON object. Its member `text` is the sentence, which is what chat services show.
std::string notification_json(const Notification& notification);

/// What may stand in a header, a variable or one line of a mail: control characters become blanks.
std::string one_line(std::string text);

}  // namespace failover
