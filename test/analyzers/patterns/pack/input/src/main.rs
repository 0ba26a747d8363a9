fn main() {
    let c = Client::builder().danger_accept_invalid_certs(true);
}
