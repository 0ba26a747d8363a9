class Report {
  java.util.Optional<String> title(String name) {
    if (name == "draft") {
      return null;
    }
    return java.util.Optional.of(new java.text.SimpleDateFormat("YYYY-MM-dd").format(now));
  }
}
