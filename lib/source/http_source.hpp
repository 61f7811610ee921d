#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "net/http_client.hpp"
#include "net/http_exchange.hpp"
#include "net/http_message.hpp"
#include "net/transfer.hpp"

namespace failover {

/// What stores that are read by HTTP ranges have in common. Reading onwards goes on with an open answer; many ranges
/// are asked for side by side. Every answer is checked: it must be that part (RFC 9110 section 14.4) of that object.
class HttpSource : public Source {
 public:
  Result<std::size_t> read(const ObjectInfo& object, std::uint64_t offset, std::span<std::byte> buffer,
                           const Context& context) override;
  Result<void> read_ranges(const ObjectInfo& object, std::span<const ByteRange> ranges, const Sink& sink,
                           const Context& context) override;
  [[nodiscard]] std::size_t ranges_per_wait() const noexcept override;

 protected:
  /// @param many_ranges the server may be asked for several ranges in one request
  HttpSource(std::unique_ptr<HttpClient> client, bool many_ranges) noexcept;

  /// A GET of the object, pinned to what was listed as far as the store can do that. `Range` is added.
  virtual Result<HttpRequest> object_request(const ObjectInfo& object, const Context& context) = 0;
  /// An error of kind conflict unless the answer is of the object that was listed.
  [[nodiscard]] virtual Result<void> check_object(const ObjectInfo& object, const HttpHead& head) const = 0;
  /// After a 401: whether it is worth asking once more, with new credentials.
  virtual Result<bool> renew_credentials(const Context& context);
  /// What the store says in an answer that is an error: a clause, or nothing.
  [[nodiscard]] virtual std::string error_detail(const HttpHead& head, std::string_view body) const;

  using MakeRequest = std::function<Result<HttpRequest>()>;
  /// Asks for a short answer; a status other than 200 is an error.
  Result<HttpResponse> ask(std::string_view what, const MakeRequest& make, const Context& context);
  [[nodiscard]] HttpClient& client() noexcept { return *client_; }
  /// The error of an answer that is none of the expected ones.
  Error status_error(HttpExchange& exchange, std::string_view what, const Context& context);

 private:
  /// A request under way, and which ranges its answer must hold.
  struct Question {
    std::vector<ByteRange> ranges;
    std::unique_ptr<HttpExchange> exchange;
  };
  /// The answer that read() goes on with.
  struct Open {
    ObjectInfo object;
    ByteRange range;  ///< what is still to come
    std::unique_ptr<HttpExchange> exchange;
  };

  Result<std::unique_ptr<HttpExchange>> begin(const ObjectInfo& object, std::span<const ByteRange> ranges,
                                              const Context& context);
  /// Waits for the head; after a 401 asks once more.
  Result<const HttpHead*> answer(const ObjectInfo& object, Question& question, const Context& context);
  Result<Open> open(const ObjectInfo& object, ByteRange range, const Context& context);
  Result<std::size_t> read_open(Open& open, std::span<std::byte> buffer, const Context& context);
  Result<void> work_off(const ObjectInfo& object, std::deque<std::vector<ByteRange>>& todo, const Sink& sink,
                        const Context& context);
  Result<std::vector<ByteRange>> take_answer(const ObjectInfo& object, Question& question, const Sink& sink,
                                             const Context& context);
  Result<void> take_single(Question& question, ByteRange body, const Sink& sink, const Context& context);
  Result<std::vector<ByteRange>> take_parts(const ObjectInfo& object, Question& question, const std::string& boundary,
                                            const Sink& sink, const Context& context);
  [[nodiscard]] std::deque<std::vector<ByteRange>> requests_for(std::span<const ByteRange> ranges) const;

  std::unique_ptr<HttpClient> client_;
  bool many_ranges_;
  std::optional<Open> open_;
  ObjectInfo last_object_;  // whose reading ended at last_end_
  std::uint64_t last_end_ = 0;
  std::vector<std::byte> buffer_;  // of read_ranges
};

/// How the transfers of a source are made, by its options: authority, client certificate (`identity_file`) and the
/// passphrase of its key (`password_file`, unless that belongs to `username`).
Result<TransferOptions> transfer_options(const SourceOptions& options);

}  // namespace failover
