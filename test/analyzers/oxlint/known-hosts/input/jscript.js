function logMessage(message) {
  var record = Session.Installer.CreateRecord(1);
  record.StringData(1) = message;
}
