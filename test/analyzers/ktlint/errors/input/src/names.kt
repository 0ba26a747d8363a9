package shop

import java.util.Date
import java.io.File

fun name(file: File) = file.name
