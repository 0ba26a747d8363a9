fn save(user: User) {
    dbg!(&user);
}
