FROM a
RUN cd /x
