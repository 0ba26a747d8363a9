class Shop {
    val label = "é🛒";
}
