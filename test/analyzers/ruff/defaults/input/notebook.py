# Databricks notebook source
# MAGIC %run ./Common

# COMMAND ----------

import json

show_all(1)
