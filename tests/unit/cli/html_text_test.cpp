#include "cli/html_text.hpp"

#include <string>

#include "support/catch.hpp"

using failover::cli::html_text;

TEST_CASE("text is no markup, in no place where text may stand") {
  CHECK(html_text("<script>alert(\"x\" & 'y')</script>") ==
        "&lt;script&gt;alert(&quot;x&quot; &amp; &#39;y&#39;)&lt;/script&gt;");
  CHECK(html_text("&lt;") == "&amp;lt;");
  CHECK(html_text("").empty());
}

TEST_CASE("what steers, and what is no UTF-8, becomes a question mark") {
  CHECK(html_text("a\nb\x1b[2J\x7f") == "a?b?[2J?");
  CHECK(html_text(std::string("a\0b", 3)) == "a?b");
  CHECK(html_text("x\xe2\x80\xaey") == "x?y");              // U+202E turns the rest around
  CHECK(html_text("\xc2\x9b!") == "?!");                    // U+009B
  CHECK(html_text("\xc0\xbc|\xe0\x80\xbc|") == "??|???|");  // '<' written too long
  CHECK(html_text("\xed\xa0\x80|\xf4\x90\x80\x80|\xff") == "???|????|?");
  CHECK(html_text("fr\xfch \xe2\x82") == "fr?h ??");
}

TEST_CASE("every other character stays") {
  const std::string text =
      "Stra\xc3\x9f"
      "e \xe2\x82\xac \xf0\x9f\x93\x9e";
  CHECK(html_text(text) == text);
}
