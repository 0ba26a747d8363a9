FROM node:24
WORKDIR /app
COPY package.json package-lock.json .
RUN npm ci
USER node
