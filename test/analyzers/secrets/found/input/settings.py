import os

AWS_ACCESS_KEY_ID = "AKIAQ3EGRIVQ7HJ2LMTX"
DATABASE_URL = "postgres://billing:vT9-kq2Lw.x8@db-3.eu.aiven-hosting.io:5432/billing"
MIRROR = "https://deploy:Zk41-rPq77ab@artifacts.northwind.io/pypi"
STORAGE = "DefaultEndpointsProtocol=https;AccountName=nw;AccountKey=q0Zc1xY7dV5bT3nM9kJ2hG6fD4sA8pO1iU7yT5rE3wQ9zX2cV4bN6mK8jH0gF1dS3aP5oI7uY9tR2eW4qL6kJw==;"
