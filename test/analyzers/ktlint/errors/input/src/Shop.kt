class Shop {
    val label = "é🛒";  
    fun total(): Int{ return 1 }
}
