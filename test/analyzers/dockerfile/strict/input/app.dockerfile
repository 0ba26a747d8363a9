FROM debian
FROM debian:latest
FROM debian:12
USER root
